export type * from "./types";
export { createPhone } from "./softphone";
