"""What doze sends on connections beside replies."""


def is_event(message):
    """Whether it is an event, not a reply. The dashboard's replies have an event's type, but say what was done."""
    kind = str(message.get("type")) if isinstance(message, dict) else ""
    return kind in ("USER_ACTIVITY", "PRESENCE", "EVENTS_LOST") or kind.startswith("TIMER_") or (
        kind.endswith("_UPDATE") and "message" not in message["content"])
