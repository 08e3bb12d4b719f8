/// What people write out of habit from other tools, and what it is called here: options, keys of a
/// configuration, and values of such keys.
///
/// A habit counts where one of its words is valid; the first one is suggested. An option may be
/// followed by its value.
let habits: [String: [String]] = [
  // Options
  "-c": ["--config"], "--rules": ["--config"], "--file": ["--config"],
  "-d": ["--dry-run"], "-n": ["--dry-run"], "--check": ["--dry-run"],
  "-o": ["--output"], "-q": ["--quiet"], "-s": ["--quiet"], "--silent": ["--quiet"],
  "-v": ["--verbose"], "-vv": ["--verbose"], "--debug": ["--verbose"],
  "-V": ["--version"], "-version": ["--version"],
  "-t": ["--timeout"], "--max-time": ["--timeout"], "--connect-timeout": ["--timeout"],
  "-u": ["--base-url or --metrics-url"], "--url": ["--base-url or --metrics-url"],
  "--endpoint": ["--base-url or --metrics-url"], "--host": ["--base-url or --metrics-url"],
  "--json": ["--format json"], "--markdown": ["--format markdown"],
  "--no-color": ["--color never"], "--no-colour": ["--color never"],
  "--every": ["--interval"], "--retry": ["--retries"], "--since": ["--from"], "--until": ["--to"],
  "--exit-zero": ["--fail-on never"], "--no-fail": ["--fail-on never"],
  // Commands
  "run": ["evaluate"], "eval": ["evaluate"], "validate": ["check"], "lint": ["check"],
  "verify": ["check"], "backtest": ["replay"], "simulate": ["replay"], "show": ["status"],
  "list": ["status"], "alerts": ["status", "rules"], "notify": ["notify-test"],
  "monitor": ["watch"], "loop": ["watch"],
  // Keys
  "alert": ["name"], "id": ["name"], "title": ["summary"], "message": ["summary"],
  "expr": ["metric_path"], "metric": ["metric_path"], "path": ["metric_path"],
  "query": ["metric_path"], "field": ["metric_path"], "key": ["metric_path"],
  "op": ["comparison"], "operator": ["comparison"], "condition": ["comparison"],
  "limit": ["threshold"], "value": ["threshold"], "max": ["threshold"], "min": ["threshold"],
  "for": ["duration_minutes"], "keep_firing_for": ["recovery_minutes"],
  "min_requests": ["min_request_count"], "level": ["severity"], "priority": ["severity"],
  "annotations": ["labels"], "tags": ["labels"], "runbook_url": ["runbook"],
  "dashboard_url": ["dashboard"], "team": ["owner"], "thresholds": ["rules"],
  "notifiers": ["receivers"], "channels": ["receivers"], "endpoints": ["targets"],
  "url": ["base_url"], "repeat_interval": ["reminder_hours"],
  // Words
  ">": ["gt"], "above": ["gt"], "greater": ["gt"], "greater_than": ["gt"], "more": ["gt"],
  ">=": ["gte"], "≥": ["gte"], "=>": ["gte"], "ge": ["gte"], "at_least": ["gte"],
  "<": ["lt"], "below": ["lt"], "less": ["lt"], "less_than": ["lt"], "under": ["lt"],
  "<=": ["lte"], "≤": ["lte"], "=<": ["lte"], "le": ["lte"], "at_most": ["lte"],
  "=": ["eq"], "==": ["eq"], "===": ["eq"], "is": ["eq"], "equals": ["eq"],
  "!=": ["ne"], "≠": ["ne"], "<>": ["ne"], "neq": ["ne"], "not": ["ne"],
  "critical": ["fail"], "error": ["fail"], "high": ["critical"], "page": ["critical"],
  "medium": ["warning"], "low": ["info"], "delta": ["increase"], "gauge": ["value"],
  "counter": ["increase"], "ignore": ["hold"], "ok": ["clear"], "fail": ["alert"],
  "http": ["webhook"], "mail": ["email"], "smtp": ["email"], "msteams": ["teams"],
]
