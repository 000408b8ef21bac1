// Package machine moves the tokens of a process (流程令牌): the pure core of the engine. [Program.Step] takes a state and a command and returns the
// next state with the effects it asks for. It knows neither database nor clock nor chance, so the same input gives the same bytes, anywhere and for ever.
//
//	command: start, complete, service done, timer fired, message arrived, rewind …
//	   │
//	   ▼
//	[State] ──Step──▶ [State] + [Effect]s: open a task, run a service, set a timer, wait for a message, start a child, ended, incident …
//
// A token stands at one element in one scope. Scopes nest: the process itself, each running sub-process, each multi-instance activity. What is armed
// beside a token (boundary events, the events behind an event-based gateway) or beside a scope (event sub-processes) is an [Arm]. Whoever stores
// the state carries out the effects in the same transaction, and brings back what happens outside as commands.
//
// The meaning of each element is that of BPMN 2.0 (ISO/IEC 19510), chapter 13. What can't go on by itself, a gateway without a true condition or an
// expression that fails, becomes an incident: the token stays where it is until a keeper retries, rewinds or migrates it.
package machine
