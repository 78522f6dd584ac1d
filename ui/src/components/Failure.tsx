import { Button, Group, Stack, Text } from "@mantine/core";
import { useId } from "react";
import { RequestFailed } from "../api/problems";
import { useWords } from "../app/words";
import type { MessageId } from "../messages";
import { refusalOf } from "./refusals";
import { StateMark } from "./StateMark";

interface Told {
  happened: MessageId;
  kept: MessageId;
  todo: MessageId;
}

const BY_CODE: Record<string, Told> = {
  unreachable: { happened: "failure.unreachable", kept: "failure.unreachable.kept", todo: "failure.unreachable.todo" },
  database_away: { happened: "failure.busy", kept: "failure.kept", todo: "failure.again" },
  floor_silent: { happened: "failure.floor", kept: "failure.kept", todo: "failure.again" },
  phones_unavailable: { happened: "failure.telephony", kept: "failure.kept", todo: "failure.again" },
  not_permitted: { happened: "failure.not_permitted", kept: "failure.kept", todo: "failure.not_permitted.todo" },
  not_signed_in: { happened: "failure.not_signed_in", kept: "failure.kept", todo: "failure.not_signed_in.todo" },
  too_many_attempts: { happened: "failure.too_many", kept: "failure.kept", todo: "failure.too_many.todo" },
  agent_not_signed_in: { happened: "failure.agent_away", kept: "failure.kept", todo: "failure.agent_away.todo" },
  wrap_up_over: { happened: "failure.wrap_up_over", kept: "failure.wrap_up_over.kept", todo: "failure.wrap_up_over.todo" },
  request_invalid: { happened: "failure.invalid", kept: "failure.kept", todo: "failure.invalid.todo" },
};
const BY_STATUS: Record<number, Told> = {
  404: { happened: "failure.not_found", kept: "failure.kept", todo: "failure.not_found.todo" },
  409: { happened: "failure.conflict", kept: "failure.kept", todo: "failure.conflict.todo" },
  412: { happened: "failure.conflict", kept: "failure.kept", todo: "failure.conflict.todo" },
  413: { happened: "failure.too_large", kept: "failure.kept", todo: "failure.too_large.todo" },
  422: { happened: "failure.invalid", kept: "failure.kept", todo: "failure.invalid.todo" },
  429: { happened: "failure.too_many", kept: "failure.kept", todo: "failure.too_many.todo" },
  503: { happened: "failure.busy", kept: "failure.kept", todo: "failure.again" },
};
const UNKNOWN: Told = { happened: "failure.unknown", kept: "failure.kept", todo: "failure.unknown.todo" };

function toldOf(error: unknown): Told {
  if (!(error instanceof RequestFailed)) return UNKNOWN;
  return BY_CODE[error.code] ?? BY_STATUS[error.status ?? 0] ?? UNKNOWN;
}

/** A failure as people need it: what happened, what was not lost, what to do, and an id to quote. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { say, intl } = useWords();
  const title = useId();
  const told = toldOf(error);
  const failed = error instanceof RequestFailed ? error : null;
  const refusal = failed === null ? null : refusalOf(intl, failed);
  return (
    <Stack role="alert" aria-labelledby={title} gap="sm" p="lg" className="panel" maw={480}>
      <Group gap="sm" wrap="nowrap">
        <StateMark state="alarm" size={16} />
        <Text id={title} fw={600}>{say(told.happened)}</Text>
      </Group>
      <Text>{say(told.kept)} {say(told.todo)}</Text>
      {refusal !== null && <Text>{refusal}</Text>}
      {refusal === null && failed?.detail != null && <Text size="sm" className="quiet" dir="ltr">{failed.detail}</Text>}
      {failed !== null && failed.problems.length > 0 && (
        <ul dir="ltr">
          {failed.problems.map((one) => (
            <li key={`${one.where} ${one.problem}`}><code>{one.where}</code>: {one.problem}</li>
          ))}
        </ul>
      )}
      <Group justify="space-between">
        {retry !== undefined ? <Button variant="default" onClick={retry}>{say("failure.retry")}</Button> : <span />}
        {failed !== null && (
          <Text size="sm" className="quiet">{say("failure.quote")} <bdi dir="ltr"><code>{failed.id}</code></bdi></Text>
        )}
      </Group>
    </Stack>
  );
}
