import { Group, Progress, Select, Text } from "@mantine/core";
import { useWords } from "../../app/words";
import { useDesk, usePhone } from "./PhoneProvider";

/** Which microphone and speaker, and how loud the agent is: seen before the first caller hears it. */
export function Devices() {
  const { say } = useWords();
  const desk = useDesk();
  const { microphones, speakers, microphone, speaker, quality } = usePhone();
  if (desk === null || (microphones.length === 0 && speakers.length === 0)) return null;
  const listed = (devices: typeof microphones) => devices.map(({ id, label }) => ({ value: id, label }));
  return (
    <>
      <Group grow>
        <Select label={say("devices.microphone")} data={listed(microphones)} value={microphone} onChange={(id) => id !== null && desk.phone.chooseMicrophone(id)} />
        <Select label={say("devices.speaker")} data={listed(speakers)} value={speaker} onChange={(id) => id !== null && desk.phone.chooseSpeaker(id)} />
      </Group>
      {quality !== null && (
        <div>
          <Text size="sm">{say("devices.level")}</Text>
          <Progress value={quality.level_out * 100} aria-label={say("devices.level")} />
        </div>
      )}
    </>
  );
}
