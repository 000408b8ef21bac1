package assembly

import (
	"context"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/hallweb"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
)

// superiors meets hall.Offices with the office module.
type superiors struct{ offices *office.Service }

// Calendar implements hall.Offices.
func (s superiors) Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error) {
	return s.offices.Calendar(ctx, tx, r)
}

// Superior implements hall.Offices.
func (s superiors) Superior(ctx context.Context, tx *db.Tx, path string) (hall.Office, bool, error) {
	government, _, _ := strings.Cut(path, "d")
	r, err := region.Parse((government + "000000000000")[:12])
	if err != nil || r.Level() <= region.Province {
		return hall.Office{}, false, err
	}
	above := r.Parent().Prefix()
	centre := above + "d" + office.CentreDepartment
	found, err := s.offices.ByPaths(ctx, tx, []string{centre, above})
	for _, p := range []string{centre, above} {
		if o, ok := found[p]; ok && err == nil {
			return hall.Office{Path: o.Path, Name: o.Name}, true, nil
		}
	}
	return hall.Office{}, false, err
}

// visitors meets hall.Notices with the notice module.
type visitors struct{ notices *notice.Service }

// Send implements hall.Notices.
func (v visitors) Send(ctx context.Context, tx *db.Tx, n hall.Notice) error {
	return v.notices.Send(ctx, tx, notice.Message{Subject: n.Subject, Key: n.Key, Args: n.Args, Link: n.Link})
}

// hallPages are what the pages of halls are made from.
func (a *App) hallPages(regions func(ctx context.Context, parent string) []design.Option) hallweb.Deps {
	return hallweb.Deps{DB: a.DB, Halls: a.Halls, Cases: a.Cases, Items: a.Items, Materials: a.Materials, Reader: a.reader(), Regions: regions, Directory: a.Offices.Directory,
		Lookup: a.identified, Name: a.shownName, Address: a.Address, Workshop: a.officeName, MaxBytes: a.Config.UploadLimit, Draw: draw}
}

// cardLevel is the real-name level of whoever showed his card to a machine: name and number were checked.
const cardLevel = 2

// identified finds who showed a card or whose number was typed. A card that a machine read proves who somebody is, so that he need not have been here before;
// a typed number must be known and fit its name.
func (a *App) identified(ctx context.Context, by actor.Actor, kind string, c hall.Card, read bool) (id, shown string, err error) {
	s, err := a.Accounts.Lookup(ctx, by, account.Kind(kind), c.Number, c.Name)
	if read && fault.HasKey(err, "account.no_match") {
		if _, err := a.Accounts.PutSubject(ctx, actor.Program("hall.reader"), account.NewSubject{Kind: account.Person, Name: c.Name, Number: c.Number, Level: cardLevel}); err != nil {
			return "", "", err
		}
		s, err = a.Accounts.Lookup(ctx, by, account.Kind(kind), c.Number, c.Name)
	}
	return s.ID, s.Name, err
}

// shownName is a subject's name as others may read it.
func (a *App) shownName(ctx context.Context, subject string) (name string, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		s, err := a.Accounts.Subject(ctx, tx, subject)
		name = s.Name
		return err
	})
	return name, err
}

// officeName is the name of the office an officer works in; "" when it can't be found.
func (a *App) officeName(by actor.Actor) string {
	name := ""
	err := a.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		name, err = a.Offices.NameAt(context.Background(), tx, by.OfficePath)
		return err
	})
	if err != nil {
		return ""
	}
	return name
}

// draw draws a QR code as path data.
func draw(text string) (path string, size int, err error) {
	m, err := paper.QR(text)
	if err != nil {
		return "", 0, err
	}
	return m.Path(), m.Size(), nil
}
