// Package hall runs the places where people are served face to face (政务大厅): who is open and when, bookings, numbers and calling, the desk of a
// window, what could not be done, and acting for somebody.
//
// A [Hall] has windows and lines ([Line]: a letter and the themes behind it). A window serves some lines, or all of them (综合窗口). Places to book
// follow from data: hours × windows ÷ minutes, on working days only. Of two who take the last place exactly one gets it.
//
// A [Turn] is a number in the queue:
//
//	waiting ──next──► called ──finish──► done
//	   ▲                │ │
//	   └────── pass ────┘ └─transfer─► waiting for one window
//
// Whoever is passed over comes again after three others, and leaves the queue when that happened three times. Every step of a hall's queue first moves
// the hall's version: so a queue has one writer, no number is given or called twice, and screens know that there is something new. What waits is
// told in people; minutes are told only when the last weeks served enough people to tell them honestly.
//
// An [Obstacle] (办不成事反映) is what somebody could not get done. It must be answered within days that are data; late, it goes to the next level up;
// it is solved when the person says so. A [Mandate] lets an office act for somebody until a day; the person sees and ends it. A [Deed] is what was done at a
// window for somebody.
//
// It does not decide who is eligible or what a case needs (casefile), and holds neither names nor numbers of persons: only the subject's key.
package hall
