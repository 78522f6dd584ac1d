/** Every page there is: where it lives, who may open it, what loads it. The navigation and the palette read this table. */

import { type LucideIcon, CircleUser, Contact, Ear, FileChartColumn, Gauge, Headset, LayoutGrid, MessagesSquare, ScrollText, Settings2, Star } from "lucide-react";
import type { ComponentType } from "react";
import type { MessageId } from "../messages";

export interface Area {
  /** The first part of its addresses; what follows it belongs to the area, which may hold <Routes> of its own. */
  path: string;
  label: MessageId;
  icon: LucideIcon;
  /** Who has one of these may open it (docs/permissions.md); null: whoever is signed in. */
  permissions: readonly string[] | null;
  /** Only for who has an agent's seat. */
  needsSeat?: boolean;
  /** Only for a client's people. */
  ofClients?: boolean;
  load: () => Promise<{ Component: ComponentType }>;
}

export const AREAS: readonly Area[] = [
  {
    path: "desk", label: "nav.desk", icon: Headset, permissions: ["desk.use"], needsSeat: true,
    load: () => import("../features/desk/DeskPage"),
  },
  {
    path: "floor", label: "nav.floor", icon: LayoutGrid, permissions: ["floor.see"],
    load: () => import("../features/floor/FloorPage"),
  },
  {
    path: "today", label: "nav.today", icon: Gauge, permissions: ["figures.read"], ofClients: true,
    load: () => import("../features/today/TodayPage"),
  },
  {
    path: "contacts", label: "nav.contacts", icon: Contact, permissions: ["contacts.see"],
    load: () => import("../features/contacts/ContactsPage"),
  },
  {
    path: "listen", label: "nav.listen", icon: Ear, permissions: ["recordings.play"],
    load: () => import("../features/listening/ListenPage"),
  },
  {
    path: "reports", label: "nav.reports", icon: FileChartColumn, permissions: ["figures.read"],
    load: () => import("../features/reports/ReportsPage"),
  },
  {
    path: "administration", label: "nav.administration", icon: Settings2, permissions: ["organisation.edit", "users.manage"],
    load: () => import("../features/administration/AdministrationPage"),
  },
  {
    path: "requests", label: "nav.requests", icon: MessagesSquare, permissions: ["requests.read"],
    load: () => import("../features/requests/RequestsPage"),
  },
  {
    path: "feedback", label: "nav.feedback", icon: Star, permissions: ["contacts.see"],
    load: () => import("../features/feedback/FeedbackPage"),
  },
  {
    path: "audit", label: "nav.audit", icon: ScrollText, permissions: ["audit.read"],
    load: () => import("../features/audit/AuditPage"),
  },
  {
    path: "account", label: "nav.account", icon: CircleUser, permissions: null,
    load: () => import("../features/account/AccountPage"),
  },
];

/** The areas that somebody with these rights, and with or without a seat or a client, sees; in the first one they begin. */
export function areasFor(may: (permission: string) => boolean, hasSeat: boolean, isOfClient = false): Area[] {
  return AREAS.filter(
    (area) => (area.permissions === null || area.permissions.some(may)) && (hasSeat || area.needsSeat !== true) && (isOfClient || area.ofClients !== true),
  );
}
