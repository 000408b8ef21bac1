// Package supervision watches over how cases are handled (效能监督): what is due, late, standing still or strange, in every office, and who answered for it.
//
//	case takes a step ─► change (in the step's transaction) ─► folded into counters ─► board, report
//	case turns late   ─► card (yellow, red) ─► answered by its office ─► closed, or returned once more
//
// A step leaves one small row beside it; a sweep folds those rows into counters, each exactly once. The board adds what is not folded yet to the counters,
// so it reads its own writes and costs the same with ten million cases. [Service.Recount] counts everything anew and tells where counters differ.
//
// Open cases are counted by phase and by the day the phase is about (due, standing still since). What is late today needs no sweep at midnight: it is the
// sum of the days before today. It decides nothing about a case and never stops or starts a clock: casefile does.
package supervision
