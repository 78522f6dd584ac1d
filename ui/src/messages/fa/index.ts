import type { Catalogue } from "..";
import account from "./account.json";
import contacts from "./contacts.json";
import dates from "./dates.json";
import desk from "./desk.json";
import failure from "./failure.json";
import feedback from "./feedback.json";
import figures from "../../../../src/markaz/reports/words/fa/figures.json";
import floor from "./floor.json";
import listening from "./listening.json";
import numbers from "./numbers.json";
import organisation from "./organisation.json";
import past from "./past.json";
import people from "./people.json";
import requests from "./requests.json";
import refused from "./refused.json";
import reports from "./reports.json";
import scripting from "./scripting.json";
import shell from "./shell.json";
import signIn from "./sign-in.json";
import today from "./today.json";

const catalogue: Catalogue = { ...account, ...contacts, ...dates, ...desk, ...failure, ...feedback, ...figures, ...floor, ...listening, ...numbers, ...organisation, ...past, ...people, ...refused, ...reports, ...requests, ...scripting, ...shell, ...signIn, ...today };

export default catalogue;
