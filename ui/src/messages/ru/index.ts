import type { Catalogue } from "..";
import desk from "./desk.json";
import failure from "./failure.json";
import shell from "./shell.json";
import signIn from "./sign-in.json";

const catalogue: Catalogue = { ...desk, ...failure, ...shell, ...signIn };

export default catalogue;
