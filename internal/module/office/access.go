package office

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActSee      = "office.see"      // the administration pages
	ActManage   = "office.manage"   // offices, calendars
	ActGrant    = "office.grant"    // posts
	ActAudit    = "office.audit"    // the log's entries
	ActWithhold = "office.withhold" // to keep a reading of the log from who was read, for a time
	ActOperate  = "office.operate"  // background jobs
	ActAccounts = "office.accounts" // accounts: lock, unlock, reset
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActSee, Roles: []string{RoleAdmin, RoleSecurity, RoleAuditor}},
		{Action: ActManage, Roles: []string{RoleAdmin}},
		{Action: ActAccounts, Roles: []string{RoleAdmin}},
		{Action: ActOperate, Roles: []string{RoleAdmin}},
		{Action: ActGrant, Roles: []string{RoleSecurity}},
		{Action: ActAudit, Roles: []string{RoleAuditor}},
		{Action: ActWithhold, Roles: []string{RoleAuditor}},
	}
}
