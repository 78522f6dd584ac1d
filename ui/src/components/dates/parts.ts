/** The day and the time of "YYYY-MM-DDTHH:MM". */
export function partsOf(moment: string): { day: string; time: string } {
  const [day = "", time = ""] = moment.split("T");
  return { day, time };
}

/** "YYYY-MM-DDTHH:MM"; "" while one of the two is missing. */
export function momentOf({ day, time }: { day: string; time: string }): string {
  return day === "" || time === "" ? "" : `${day}T${time}`;
}
