import { useLiveContact } from "../../live/live";
import { useContact } from "./requests";

/** The project of a contact: from the live state, and from the contact's record once it has left that. */
export function useContactProject(contact: string): string | null {
  const live = useLiveContact(contact);
  const { data } = useContact(contact);
  return live?.project ?? data?.project ?? null;
}
