"""What a simulated Asterisk is provisioned with by the floor, and the phones that register with it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.faults.exchange import PHONES, Party
from tests.faults.news import News


class Provisioned:
    """`objects` are PJSIP's, by kind and name; recordings are kept below the folder `spool`."""

    def __init__(self, news: News, spool: str, wall: Callable[[], float]) -> None:
        self._news = news
        self._spool = spool
        self._wall = wall
        self._began = 0.0
        self.objects: set[tuple[str, str]] = set()
        self.registered: dict[str, Party] = {}

    def forget(self) -> None:
        self.objects.clear()
        self.registered.clear()

    def begin(self) -> None:
        """Asterisk is started."""
        self._began = self._news.now

    def register(self, username: str, party: Party) -> bool:
        """Whether the phone is let in."""
        if not self._news.is_up or ("aor", username) not in self.objects:
            return False
        if username not in self.registered:
            self.registered[username] = party
            self._tell(username, "Reachable")
        return True

    def unregister(self, username: str, status: str = "Removed") -> None:
        if self.registered.pop(username, None) is not None:
            self._tell(username, status)

    def endpoints(self) -> tuple[int, Any]:
        listed = [
            {
                "technology": "PJSIP",
                "resource": name,
                "state": "online" if name in self.registered else "offline",
                "channel_ids": [],
            }
            for kind, name in sorted(self.objects)
            if kind == "endpoint"
        ]
        return (200, listed) if listed else (404, {"message": "No Endpoints found"})

    def request(self, method: str, rest: list[str]) -> tuple[int, Any]:
        if rest[0] == "ping":
            return 200, {"ping": "pong"}
        if rest[0] == "info":
            began = datetime.fromtimestamp(self._wall() - self._news.now + self._began, UTC)
            return 200, {"status": {"startup_time": began.isoformat()}}
        if rest[0] == "variable":
            return 200, {"value": self._spool}
        *_, kind, name = rest
        match method:
            case "GET":
                return (200, {}) if (kind, name) in self.objects else (404, {"message": "not found"})
            case "PUT":
                self.objects.add((kind, name))
                return 200, {}
            case _:
                self.objects.discard((kind, name))
                if kind == "aor":
                    self.unregister(name)
                return 204, None

    def _tell(self, username: str, status: str) -> None:
        event = {
            "type": "ContactStatusChange",
            "endpoint": {"technology": "PJSIP", "resource": username},
            "contact_info": {"contact_status": status, "uri": f"sip:{username}@127.0.0.1"},
        }
        self._news.tell(PHONES, event, f"phone {username}")
