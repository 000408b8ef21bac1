// Package item is the library of government service items (政务服务事项库): what the state does for people on request, who does
// it where, on which legal basis, with which materials, within which time.
//
// Two tiers, as the national rules have them. A [Base] item (基本目录) says what exists and is kept by the authority at the level
// that sets the power; an [Entry] (实施清单) says how one implementing office does it. An entry inherits the whole guide of its
// base version and may only better it: promise fewer days, name its own address, phone, hours and windows. What it may not touch
// (the locked elements) it has no column for, so drift in what people read is impossible.
//
// An entry that comes from outside may still say something else for one of the sixteen elements (十六要素, [Element]). That is kept
// beside the library ([Stated]) and never shown as the guide; [Service.Consistency] measures it, [Service.Adopt] corrects it, and a
// base version that takes it over ends it. Guides are checked by rules that are data as well ([QualityRule]).
//
//	base:   published v1 ──▶ v2 ──▶ …         a version never changes; publishing makes the next
//	entry:  claimed v1 ──▶ v2 ──▶ …           a new base version or a new override makes the next
//	state:  in use ⇄ paused ──▶ cancelled      of base and entry alike
//
//	draft:  written ⇄ returned ──submit──▶ reviewed by another ──▶ published, at once or on its day
//
// A [Draft] is what keepers and chiefs write; nobody reviews what he wrote. What is decided for a later day, a draft or a [Plan], happens as that day
// begins ([Service.DoDue]). [Compare], [ThreeWay] and [Merge] tell texts apart and bring them together, so that two who write at once lose nothing.
//
// A case is pinned to the id of the entry version it was accepted under; [Service.EntryVersion] returns that version for ever.
//
// Inside a guide the decomposition follows the official vocabulary: item → variant (业务办理项: new, change, renewal …) →
// situation (情形, questions with conditions) → material rule. Which materials are asked is decided by CEL over the variant and
// the answers to the questions, the same on the page, in the API and when a case is received: [Entry.MaterialsFor].
//
// The library goes out and comes in as the tables of the national exchange ([Service.ExportNational], [Service.Import]; national.toml is the mapping
// of both), and goes out as open data and as linked data ([Service.ExportOpen], [Service.ExportCatalogue]).
//
// Whoever reads that a guide is wrong says so ([Service.SendFeedback]); a keeper of its office answers. How often items are used is counted
// in memory and written each minute, without anybody's name; [Service.Hot] orders by it.
//
// Standards: GB/T 39554.1-2020 (codes of 12, 31 and 33 characters, package itemcode), GB/T 39554.2-2020 (elements), GB/T
// 39046-2020 annex A (code sets). Publishing refuses what the State Council's checks of guides refuse: a promise longer than the
// statute, catch-all materials (兜底材料), a missing basis ([Check]).
//
// It does not receive applications (casefile), render forms (form) or decide anything.
package item
