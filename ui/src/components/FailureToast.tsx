import { notifications } from "@mantine/notifications";
import { Failure } from "./Failure";

/** Tell of a failure beside the work, without covering it: a call may be going on. */
export function showFailure(error: unknown): void {
  notifications.show({
    message: <Failure error={error} />,
    color: "red",
    autoClose: 12_000,
    withBorder: true,
    id: error instanceof Error ? error.message : "failure", // the same failure again takes the place of the first
  });
}
