package logweb

import (
	"context"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
)

// said is a word of a group: "log.kind." and "case_read".
func said(ctx context.Context, group, name string) string { return page.T(ctx, group+name) }

// kindWords says what a kind of leaf means; a kind without words is named as it is.
func kindWords(ctx context.Context, kind string) string {
	key := "log.kind." + strings.ReplaceAll(kind, ".", "_")
	if page.Has(ctx, key) {
		return page.T(ctx, key)
	}
	return page.T(ctx, "log.other_kind", kind)
}

// readings are the kinds that only look: somebody else saw a person's data and changed nothing.
var readings = []string{"case.contact_read", "case.disclosed", "case.read", "case.reported", "cert.complaint_read", "cert.read", "data.read", "hall.obstacle_read",
	"item.feedback_read", "log.read", "rating.read", "task.copy_read"}

func reads(kind string) bool { return slices.Contains(readings, kind) }

// kinds are those the auditor can choose from.
var kinds = []string{"account.created", "account.home_set", "account.locked_by", "account.password_changed", "account.reset",
	"account.sessions_ended", "account.sign_in_failed", "account.signed_in", "account.totp_set", "account.unlocked_by", "agent.added", "agent.ended",
	"calendar.frozen", "calendar.imported", "calendar.local_proposed", "calendar.local_returned", "calendar.local_set", "case.acceptance_cancelled", "case.accepted", "case.annulled", "case.approved", "case.contact_read",
	"case.corrected", "case.correction_requested", "case.delivered", "case.disclosed", "case.extended", "case.extension_asked", "case.extension_declined", "case.gap_overdue", "case.gap_reminded",
	"case.grant_cancelled", "case.hearing_offered", "case.inherited", "case.inspected", "case.missing_brought", "case.opined", "case.paper_read", "case.prolonged",
	"case.read", "case.reckoned", "case.refused", "case.rejected", "case.renewed", "case.reported", "case.resumed", "case.sent_back", "case.settled",
	"case.submitted", "case.suspended", "case.taken_over", "case.told", "case.transferred", "case.withdrawn", "cert.codes_recalled",
	"cert.complained", "cert.complaint_read", "cert.copied", "cert.copy_ended", "cert.documents_written", "cert.grant_ended", "cert.granted", "cert.issued", "cert.numbers_lapsed", "cert.paper_taken",
	"cert.presented", "cert.presented_offline", "cert.read", "cert.replay_refused", "cert.restored", "cert.revoked", "cert.suspended", "cert.table_ordered", "cert.taken",
	"cert.type_approved", "cert.type_proposed", "cert.type_refused", "cert.verified", "clock.warning_ordered", "clock.warning_set",
	"company.registered", "data.read", "guardian.confirmed", "guardian.ended", "guardian.not_found", "guardian.recorded", "hall.authorised",
	"hall.booked", "hall.cancelled", "hall.deed_begun", "hall.deed_handed", "hall.left", "hall.mandate_ended", "hall.missed",
	"hall.obstacle_answered", "hall.obstacle_late", "hall.obstacle_read", "hall.obstacle_reopened", "hall.obstacle_reported", "hall.obstacle_solved",
	"hall.put", "hall.sat", "hall.set_open", "hall.turn_called", "hall.turn_done", "hall.turn_gone", "hall.turn_passed", "hall.turn_taken",
	"hall.turn_transferred", "item.adopted", "item.agreed", "item.cancelled", "item.claimed", "item.claimed_many", "item.counters_repaired", "item.element_locked", "item.entries_back", "item.entries_fallen", "item.entries_followed",
	"item.feedback_answered", "item.feedback_read", "item.feedback_sent", "item.file_attached", "item.file_removed", "item.improved", "item.in_use", "item.paused", "item.proposal_approved", "item.proposal_carried_out",
	"item.proposal_returned", "item.proposed", "item.published", "item.quality_rule", "item.recounted", "item.stated", "job.retried", "keys.rewrapped", "keys.rotated",
	"log.erased", "log.read", "office.dissolved", "office.merger_done", "office.merger_proposed", "office.merger_returned", "office.merger_withdrawn", "office.renamed", "post.granted", "post.removed", "power.approved", "power.loaded", "power.opined", "power.proposed",
	"power.published", "power.resubmitted", "power.returned", "power.withdrawn", "rating.answered", "rating.claimed", "rating.given", "rating.read",
	"seal.affixed", "seal.applied", "seal.approved", "seal.certificate_kept", "seal.ended", "seal.holder_ended", "seal.holder_named", "seal.made",
	"seal.refused", "seal.resumed", "seal.suspended", "seal.use_approved", "seal.use_asked", "seal.use_refused", "seal.use_stopped",
	"supervision.card_answered", "supervision.card_closed", "supervision.card_inherited", "supervision.card_issued", "supervision.card_returned", "task.answered", "task.claimed",
	"task.copied", "task.copy_read", "task.cosigner_removed", "task.cosigners_added", "task.delegated", "task.deputy_ended", "task.deputy_named",
	"task.forwarded", "task.invited", "task.opinion_asked", "task.overruled", "task.recorded", "task.released", "task.sent_back", "task.skipped", "task.transferred",
	"task.urged", "task.withdrawn", "workflow.deployed", "workflow.given_up", "workflow.migrated", "workflow.proposal_withdrawn",
	"workflow.reassigned", "workflow.reckoned", "workflow.retried"}

// thing says what a leaf is about, with the page of it where there is one.
func thing(ctx context.Context, object string) design.Cell {
	sort, name, ok := strings.Cut(object, ":")
	switch {
	case !ok:
		return design.Cell{Text: or(object, "—")}
	case sort == "case":
		return design.Cell{Text: page.T(ctx, "log.object.case", name), Href: "/cases/" + name}
	case sort == "cert":
		return design.Cell{Text: page.T(ctx, "log.object.cert", name), Href: "/certificates/" + name}
	case sort == "subject":
		return design.Cell{Text: page.T(ctx, "log.object.subject")}
	case sort == "seal":
		return design.Cell{Text: page.T(ctx, "log.object.seal"), Href: "/seals/" + name}
	case sort == "rating":
		return design.Cell{Text: page.T(ctx, "log.object.rating")}
	case slices.Contains([]string{"hall", "turn", "booking", "obstacle", "mandate", "deed"}, sort):
		return design.Cell{Text: page.T(ctx, "log.object."+sort)}
	case sort == "power":
		return design.Cell{Text: page.T(ctx, "log.object.power", name), Href: "/powers/" + name}
	case sort == "item" && (len(name) == 12 || len(name) == 31):
		return design.Cell{Text: page.T(ctx, "log.object.item", name), Href: "/items/" + name}
	case sort == "process":
		return design.Cell{Text: page.T(ctx, "log.object.process", name), Href: "/desk/processes/" + name}
	case sort == "account":
		return design.Cell{Text: page.T(ctx, "log.object.account")}
	}
	return design.Cell{Text: object}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// witness says who did what a leaf tells: the office and the role, never an officer's name.
type witness struct {
	site *site
	tx   *db.Tx
	by   actor.Actor
	name map[string]string   // office path → name
	post map[string][]string // account and office → roles
}

func (s *site) witness(tx *db.Tx, by actor.Actor) *witness {
	return &witness{s, tx, by, map[string]string{}, map[string][]string{}}
}

// who is told with the office as the first line and the role as the second.
func (w *witness) who(ctx context.Context, l audit.Leaf) (design.Cell, error) {
	switch {
	case l.Actor != "" && l.Actor == w.by.Account:
		return design.Cell{Text: page.T(ctx, "log.who.self")}, nil
	case strings.HasPrefix(l.Actor, "system:"):
		return design.Cell{Text: page.T(ctx, "log.who.system")}, nil
	case l.Actor == "" && l.Office == "":
		return design.Cell{Text: page.T(ctx, "log.who.stranger")}, nil
	case l.Office == "":
		return design.Cell{Text: page.T(ctx, "log.who.agent")}, nil
	}
	name, ok := w.name[l.Office]
	if !ok {
		var err error
		if name, err = w.site.Offices.NameAt(ctx, w.tx, l.Office); err != nil {
			return design.Cell{}, err
		}
		w.name[l.Office] = name
	}
	roles, err := w.roles(ctx, l)
	if err != nil {
		return design.Cell{}, err
	}
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = said(ctx, "office.role.", r)
	}
	if len(words) == 0 {
		words = []string{page.T(ctx, "log.who.officer")}
	}
	return design.Cell{Text: or(name, page.T(ctx, "log.who.office")), Note: strings.Join(words, "、")}, nil
}

// roles returns the roles of the actor in the office the leaf names, as far as they are still held.
func (w *witness) roles(ctx context.Context, l audit.Leaf) ([]string, error) {
	key := l.Actor + " " + l.Office
	if roles, ok := w.post[key]; ok {
		return roles, nil
	}
	posts, err := w.site.Offices.Posts(ctx, w.tx, l.Actor)
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, p := range posts {
		if p.OfficePath == l.Office && slices.Contains(office.Roles, p.Role) && !slices.Contains(roles, p.Role) {
			roles = append(roles, p.Role)
		}
	}
	w.post[key] = roles
	return roles, nil
}
