import { useContact } from "./requests";

/** Why a contact came to this agent, in the words of the floor's own explanation; they are English. */
export function useWhy(contact: string | null): React.ReactNode {
  const { data } = useContact(contact);
  const line = data?.explanation.at(-1);
  return line === undefined ? null : <bdi lang="en" dir="ltr">{line}</bdi>;
}
