import { Skeleton, Stack } from "@mantine/core";
import { useWords } from "../app/words";
import styles from "./PageSkeleton.module.css";

/** Where a page will be, while what it is made of is on the way. */
export function PageSkeleton() {
  const { say } = useWords();
  return (
    <div className={styles["page"]} role="status" aria-label={say("shell.loading")} data-testid="skeleton">
      <Skeleton height={28} width="32%" />
      <Stack gap="sm">
        <Skeleton height={16} />
        <Skeleton height={16} width="84%" />
        <Skeleton height={16} width="68%" />
      </Stack>
      <Skeleton height={160} />
    </div>
  );
}
