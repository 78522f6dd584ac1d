/** What is asked of the server about contacts. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, whole } from "../../api/client";
import type { components } from "../../api/schema";
import { type View, askedOf } from "./view";

export type Contact = components["schemas"]["Contact"];

const PAGE = 200;

/** Contacts that fit what is looked for, the newest first, page by page. */
export function useContacts(view: View) {
  const query = askedOf(view);
  return useInfiniteQuery({
    queryKey: ["contacts", query],
    queryFn: async ({ pageParam }) => {
      const asked = { ...query, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return whole(await api.GET("/api/contacts", { params: { query: asked } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function useWhole(contact: string) {
  return useQuery({
    queryKey: ["contact-whole", contact],
    queryFn: async () => whole(await api.GET("/api/contacts/{contact}", { params: { path: { contact } } })),
  });
}

/** Where what is looked for is to be had as a sheet; that somebody took it stands in the audit trail. */
export function sheetOf(view: View): string {
  return `/api/contacts.csv?${new URLSearchParams(askedOf(view)).toString()}`;
}
