import { Alert, Button, FileButton, Group, Stack, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { showFailure } from "../../../components/FailureToast";
import { useWords } from "../../../app/words";
import { type Edited, type Entry, request } from "../contract";
import { useRefresh } from "../organisation";
import type { InputCommon } from "./FieldInput";

export const SOUND_BYTES_MAX = 60_000_000;

/** The way to a prompt's sound. */
export function soundPath(prompt: string): string {
  return `/api/prompts/${encodeURIComponent(prompt)}/sound`;
}

/** Let a prompt be the sound in a file. Throws `RequestFailed`. */
export function uploadSound(prompt: string, file: File): Promise<Edited> {
  return request<Edited>("post", soundPath(prompt), { body: file, type: "audio/wav", headers: { "If-Match": "*" } });
}

/** What customers hear: a text that is spoken, or a sound that was uploaded; both can be listened to. */
export function PromptInput({ entry, change, label, error, disabled }: InputCommon & { entry: Entry; change: (entry: Entry) => void }) {
  const { say } = useWords();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const { id, text, sound, file } = entry;
  const isSpoken = sound === undefined && file === undefined;
  const upload = async (chosen: File | null) => {
    if (chosen === null || typeof id !== "string") return;
    setBusy(true);
    try {
      await uploadSound(id, chosen);
      await refresh();
    } catch (failure) {
      showFailure(failure);
    } finally {
      setBusy(false);
    }
  };
  const speak = (words: string) => change({ ...Object.fromEntries(Object.entries(entry).filter(([name]) => name !== "sound" && name !== "file")), text: words });
  return (
    <Stack gap="sm">
      {isSpoken ? (
        <Textarea
          label={label} error={error} description={say("prompt.spoken_hint")} autosize minRows={3} required disabled={disabled}
          value={typeof text === "string" ? text : ""} onChange={(event) => speak(event.currentTarget.value)}
        />
      ) : (
        <Alert color="gray" title={say(sound === undefined ? "prompt.file" : "prompt.uploaded")}>
          <Stack gap="sm">
            {typeof id === "string" && typeof sound === "string" && <Listen prompt={id} version={sound} />}
            <Button variant="default" size="xs" disabled={disabled} style={{ alignSelf: "start" }} onClick={() => speak("")}>{say("prompt.speak")}</Button>
          </Stack>
        </Alert>
      )}
      {typeof id === "string" && !disabled && (
        <Group gap="sm">
          <FileButton accept="audio/wav,.wav" onChange={(chosen) => void upload(chosen)}>
            {(given) => <Button {...given} variant="default" size="xs" loading={busy} leftSection={<Upload size={14} aria-hidden />}>{say("prompt.upload")}</Button>}
          </FileButton>
          <span className="quiet">{say("prompt.upload_hint")}</span>
        </Group>
      )}
    </Stack>
  );
}

/** A sound that is on the server, to be heard here; time goes from left to right in every language. */
export function Listen({ prompt, version }: { prompt: string; version: string }) {
  const { say } = useWords();
  const { data, error } = useQuery({
    queryKey: ["sound", prompt, version],
    queryFn: () => request<Blob>("get", soundPath(prompt), { as: "blob" }),
    staleTime: Infinity,
  });
  const address = useMemo(() => (data === undefined ? undefined : URL.createObjectURL(data)), [data]);
  useEffect(() => () => { if (address !== undefined) URL.revokeObjectURL(address); }, [address]);
  if (error !== null) return <span role="alert">{say("prompt.unheard")}</span>;
  return <audio controls src={address} dir="ltr" aria-label={say("prompt.listen")} style={{ width: "100%", height: 36 }} />;
}
