package audit

// Entry is what one leaf says. It is salted and hashed, so it can be erased later without breaking the tree.
type Entry struct {
	Kind    string // "case.accepted"; described in docs/audit-events.md
	Actor   string // account id, or system:NAME
	Office  string // office path of the actor, when at work
	Subject string // id of the person or company whose data or right it touches
	Object  string // "case:NUMBER", "cert:IDENTIFIER"
	Basis   string // law or purpose
	Data    any    // JSON; never a personal number in clear
}
