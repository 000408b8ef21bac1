package office

import (
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// Kind says what sort of office it is.
type Kind string

// The kinds.
const (
	Government Kind = "government" // 人民政府、街道办、村居
	Department Kind = "department" // 工作部门
	Centre     Kind = "centre"     // 政务服务中心
	Point      Kind = "point"      // 便民服务中心（站）of a town or village
)

// ID is an office's key.
type ID = string

// Office is an office (机构).
type Office struct {
	ID         ID
	Path       string
	Parent     string // path of the superior; "" for the province
	Kind       Kind
	Name       string
	Region     region.Code
	Department string // two digits; "" for a government
	Code       string // unified social credit code (统一社会信用代码)
	Successor  string // path of the office that took over its duties when it was dissolved (机构撤并); "" while it stands
}

// Post is what an account may do in an office (岗位).
type Post struct {
	ID         string
	AccountID  string
	Role       string
	OfficeID   string
	OfficePath string
	OfficeName string
	Items      db.JSON[[]string] // base codes; empty means all
	FromAt     time.Time
	UntilAt    time.Time // zero: no end
	GrantedBy  string
}

// The roles (角色). Each module's access.go says what they may do.
const (
	RoleWindow     = "window"      // 综合窗口
	RoleClerk      = "clerk"       // 乡镇（街道）、村（社区）经办
	RoleReviewer   = "reviewer"    // 审查
	RoleChief      = "chief"       // 首席代表
	RoleKeeper     = "keeper"      // 事项库管理
	RoleSupervisor = "supervisor"  // 效能监督
	RoleDataKeeper = "data_keeper" // 数据目录管理

	RoleEstablishment = "establishment" // 机构编制审核（权责清单）
	RoleLegality      = "legality"      // 合法性审核（权责清单）
	RoleGovernment    = "government"    // 政府批准（权责清单）

	RoleAdmin    = "admin"    // 系统管理员
	RoleSecurity = "security" // 安全管理员
	RoleAuditor  = "auditor"  // 审计管理员
)

// Roles lists every role that can be granted.
var Roles = []string{RoleWindow, RoleClerk, RoleReviewer, RoleChief, RoleKeeper, RoleSupervisor, RoleDataKeeper, RoleEstablishment, RoleLegality, RoleGovernment,
	RoleAdmin, RoleSecurity, RoleAuditor}

// separated are the administrators of which one account holds one at most (三员分立).
var separated = map[string]bool{RoleAdmin: true, RoleSecurity: true, RoleAuditor: true}
