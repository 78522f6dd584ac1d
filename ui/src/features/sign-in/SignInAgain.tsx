import { Alert, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ask } from "../../api/client";
import { type Session, useSessionChange } from "../../api/session";
import { useWords } from "../../app/words";
import { SignInForm } from "./SignInForm";

/** Covers the page when a session has ended, and leaves it as it was: calls and what was typed stay. */
export function SignInAgain({ session, done }: { session: Session; done: (again: Session) => void }) {
  const { say } = useWords();
  const { look } = useSessionChange();
  const [other, setOther] = useState(false);
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={say("again.title")}>
      <Stack>
        <Text>{say("again.text")}</Text>
        {other && <Alert color="red" role="alert">{say("again.other", { email: session.user.email ?? session.user.name })}</Alert>}
        <SignInForm
          {...(session.user.email === null ? {} : { email: session.user.email })}
          done={async () => {
            const again = await look();
            if (again?.user.id === session.user.id) {
              done(again);
              return;
            }
            // Somebody else's session would do this desk's work in the wrong name.
            if (again !== null) await ask("DELETE", "/api/session");
            setOther(true);
          }}
        />
      </Stack>
    </Modal>
  );
}
