import { useContact } from "./requests";

/** Why a contact came to this agent, in the words of the floor's own explanation; they are English. */
export function useWhy(contact: string | null): React.ReactNode {
  const { data } = useContact(contact);
  const line = data?.explanation.findLast(({ kind }) => kind === "decided");
  return line === undefined ? null : <bdi lang="en" dir="ltr">{line.text}</bdi>;
}
