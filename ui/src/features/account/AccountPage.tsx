import { Stack, Title } from "@mantine/core";
import { useWords } from "../../app/words";
import { Appearance } from "./Appearance";
import { Identity } from "./Identity";
import { Password } from "./Password";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import styles from "./AccountPage.module.css";

/** What people change about themselves: name, language and looks, password, second factor, where they are signed in. */
export function Component() {
  const { say } = useWords();
  return (
    <div className={styles["page"]}>
      <Title order={1}>{say("nav.account")}</Title>
      <Stack gap="lg" mt="lg">
        <Identity />
        <Appearance />
        <Password />
        <SecondFactor />
        <Sessions />
      </Stack>
    </div>
  );
}
