import { Alert, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { RequestFailed } from "../../api/problems";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import type { MessageId } from "../../messages";
import { optionsFor, secondFactor, signIn } from "./requests";

const PAUSE_MILLISECONDS = 400;
const KNOWN: Record<string, MessageId> = {
  wrong_credentials: "sign_in.wrong",
  too_many_attempts: "sign_in.wait",
  sign_ins_crowded: "sign_in.crowded",
};

/** E-mail and password, or another provider, then the second step where there is one. */
export function SignInForm({ email: known, done }: { email?: string; done: () => Promise<void> }) {
  const [challenge, setChallenge] = useState<string | null>(null);
  return challenge === null ? (
    <FirstStep known={known} done={done} challenged={setChallenge} />
  ) : (
    <SecondStep challenge={challenge} done={done} back={() => setChallenge(null)} />
  );
}

function useSending(work: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, send };
}

function Refusal({ error, known: others = {} }: { error: unknown; known?: Record<string, MessageId> }) {
  const { say } = useWords();
  if (error === null) return null;
  const known = error instanceof RequestFailed ? { ...KNOWN, ...others }[error.code] : undefined;
  return known === undefined ? <Failure error={error} /> : <Alert color="red" role="alert">{say(known)}</Alert>;
}

function FirstStep({ known, done, challenged }: {
  known: string | undefined;
  done: () => Promise<void>;
  challenged: (challenge: string) => void;
}) {
  const { say } = useWords();
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [settled] = useDebouncedValue(email.includes("@") ? email.trim() : "", PAUSE_MILLISECONDS);
  const { data: options } = useQuery({ queryKey: ["sign-in", settled], queryFn: () => optionsFor(settled), retry: false });
  const { busy, error, send } = useSending(async () => {
    const outcome = await signIn({ email: email.trim(), password });
    if (outcome.done) await done();
    else challenged(outcome.challenge);
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void send();
  };
  return (
    <Stack gap="lg">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={say("sign_in.email")} type="email" name="email" autoComplete="username" required dir="ltr"
            value={email} readOnly={known !== undefined} data-autofocus={known === undefined || undefined}
            autoFocus={known === undefined} onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={say("sign_in.password")} name="password" autoComplete="current-password" required dir="ltr"
            value={password} autoFocus={known !== undefined} onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Refusal error={error} />
          <Button type="submit" loading={busy} fullWidth>{say("sign_in.do")}</Button>
        </Stack>
      </form>
      {(options?.providers.length ?? 0) > 0 && (
        <Stack>
          <Divider label={say("sign_in.or")} />
          {options?.providers.map(({ id, name }) => (
            <Button
              key={id} component="a" variant="default" fullWidth
              href={`/api/sign-in/oidc/${encodeURIComponent(id)}`}
            >
              {say("sign_in.with", { provider: name })}
            </Button>
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function SecondStep({ challenge, done, back }: { challenge: string; done: () => Promise<void>; back: () => void }) {
  const { say } = useWords();
  const [code, setCode] = useState("");
  const { busy, error, send } = useSending(async () => {
    await secondFactor(challenge, code);
    await done();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack>
        <TextInput
          label={say("second_factor.code")} description={say("second_factor.recovery")} required autoFocus dir="ltr"
          autoComplete="one-time-code" inputMode="numeric" value={code} onChange={(event) => setCode(event.currentTarget.value.trim())}
        />
        <Refusal error={error} known={{ wrong_credentials: "second_factor.wrong" }} />
        <Button type="submit" loading={busy}>{say("second_factor.do")}</Button>
        <Button variant="subtle" onClick={back}>{say("second_factor.back")}</Button>
      </Stack>
    </form>
  );
}
