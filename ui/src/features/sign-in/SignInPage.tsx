import { useEffect } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Alert } from "@mantine/core";
import { useSessionChange } from "../../api/session";
import { fetchLanding } from "../../app/landing";
import { useWords } from "../../app/words";
import { Frame } from "./Frame";
import { SignInForm } from "./SignInForm";

/** Only addresses of our own: `//elsewhere` and `https:` lead away. */
export function ownAddress(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : "/";
}

export function Component() {
  const { say } = useWords();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const { read } = useSessionChange();
  const next = ownAddress(search.get("next"));
  useEffect(() => fetchLanding(next), [next]);
  const problem = search.get("problem");
  return (
    <Frame title={say("sign_in.title")}>
      {problem !== null && (
        <Alert color="red" role="alert">{say(problem === "not_invited" ? "sign_in.not_invited" : "sign_in.provider_refused")}</Alert>
      )}
      <SignInForm
        done={async () => {
          await read();
          await navigate(next, { replace: true });
        }}
      />
    </Frame>
  );
}
