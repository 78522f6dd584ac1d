/** What is fetched when the first field for a day or a time is shown. */
export { DateInput } from "./DateInput";
export { TimeInput } from "./TimeInput";
