import { useLiveContact } from "../../live/live";
import { useContact } from "./requests";

/** Whose contact it is: a closed one, whose wrap-up goes on, is not in the live state any more. Null: not known yet. */
export function useCustomerNumber(contact: string): string | null {
  const live = useLiveContact(contact);
  const record = useContact(contact).data;
  return live?.customer.number ?? record?.customer ?? null;
}
