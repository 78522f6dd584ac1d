import type { Catalogue } from "..";
import account from "./account.json";
import desk from "./desk.json";
import failure from "./failure.json";
import shell from "./shell.json";
import signIn from "./sign-in.json";

const catalogue: Catalogue = { ...account, ...desk, ...failure, ...shell, ...signIn };

export default catalogue;
