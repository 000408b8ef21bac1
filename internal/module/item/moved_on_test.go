package item_test

import (
	"sync"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sheet"
)

// strays are the entries that do not stand on the base version in force, or on one that is not there.
func strays(t *testing.T, l *itemtest.Library) (codes []string) {
	t.Helper()
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		codes, err = db.All[string](t.Context(), tx, `SELECT e.code FROM item_entry e JOIN item_base b ON b.code = e.base_code
			LEFT JOIN item_entry_version v ON v.id = e.version_id WHERE v.base_version_id IS DISTINCT FROM b.version_id ORDER BY e.code`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

// second are the seeded items in a second version: each says something else, and food has less time by law.
func second(t *testing.T) []item.Definition {
	list := itemtest.Definitions(t)
	for i := range list {
		list[i].Guide.Summary += "（第二版）"
		if list[i].Code == food {
			list[i].LegalDays--
		}
	}
	return list
}

// A version that is published while tables are read is the one their rows are compared with and stand on, the new entries and those that were there.
func TestAnImportSeesWhatIsPublishedMeanwhile(t *testing.T) {
	from := itemtest.Seeded(t)
	f := exported(t, from, sheet.CSV)
	for name, l := range map[string]*itemtest.Library{"new": itemtest.Open(t), "there": from} {
		t.Run(name, func(t *testing.T) {
			published := false
			run, err := l.Import(t.Context(), itemtest.Loader, item.Import{Files: f.sources(), RowsAtOnce: 25, Again: true, Progress: func(r item.ImportRun) {
				if published || r.Entries+r.Same == 0 {
					return
				}
				published = true
				if n, err := l.PublishMany(t.Context(), itemtest.Loader, second(t)); err != nil || n == 0 {
					t.Errorf("%d published, %v", n, err)
				}
			}})
			if err != nil || run.State != item.Finished || run.Mistakes > 0 || !published {
				t.Fatalf("%+v, %v", run, err)
			}
			if left := strays(t, l); len(left) > 0 {
				t.Errorf("%d entries stand beside their bases, the first is %s", len(left), left[0])
			}
			c, err := l.Consistency(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := c.Element(item.ElementLegalDays); n.Deviating < 35 || n.Deviating > 60 {
				t.Errorf("%d rows say the legal time of the first version", n.Deviating)
			}
		})
	}
}

// waitsOrEnds returns when something was sent, or when a transaction of this database waits for a lock.
func waitsOrEnds(t *testing.T, l library, ended <-chan error) {
	for len(ended) == 0 {
		waits := 0
		err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
			waits, err = db.One[int](t.Context(), tx, `SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
				WHERE NOT l.granted AND a.datname = current_database()`)
			return err
		})
		if err != nil {
			t.Error(err)
			return
		}
		if waits > 0 {
			return
		}
	}
}

// What writes entries on top of the version in force and what puts another in force wait for each other: no entry stays behind.
func TestEntriesMadeWhileAVersionIsPublished(t *testing.T) {
	office := item.Claimant{Office: item.Office{}}
	for leaf, act := range map[string]func(l library) error{
		"item.claimed": func(l library) error {
			_, err := l.Claim(t.Context(), loader, []item.Claim{{Base: food, Office: office.Office}})
			return err
		},
		"item.claimed_many": func(l library) error {
			_, err := l.ClaimMany(t.Context(), loader, []item.Claimant{office}, []string{food})
			return err
		},
		"item.contact_set": func(l library) error {
			_, err := l.SetContact(t.Context(), loader, l.food(t).OfficeID, item.Contact{Address: "长春市人民大街1号", Phone: "0431-1"})
			return err
		},
		"item.improved": func(l library) error {
			_, err := l.Service.Improve(t.Context(), loader, l.food(t).Code, item.Override{Contact: item.Contact{Phone: "0431-2"}})
			return err
		},
	} {
		t.Run(leaf, func(t *testing.T) {
			l := seeded(t)
			if l.DB.Writers() == 1 {
				t.Skip("this engine has one writer at a time")
			}
			office = villages(t, 1)[0]
			d := definition(t, food)
			d.Guide.Summary += "（第二版）"
			published := make(chan error, 1)
			var once sync.Once
			l.Meanwhile = func(kind string) {
				if kind != leaf {
					return
				}
				once.Do(func() {
					go func() {
						_, err := l.Publish(t.Context(), loader, d)
						published <- err
					}()
					waitsOrEnds(t, l, published)
				})
			}
			if err := act(l); err != nil {
				t.Fatal(err)
			}
			if err := <-published; err != nil {
				t.Fatal(err)
			}
			if left := strays(t, l.Library); len(left) > 0 {
				t.Errorf("%d entries stand beside their base, the first is %s", len(left), left[0])
			}
		})
	}
}

// Offices take up an item while one version after the other is published: each entry ends on the last one.
func TestOfficesTakeUpAmongPublications(t *testing.T) {
	l := open(t)
	d := village(t, "222011301000")
	if _, err := l.Publish(t.Context(), loader, d); err != nil {
		t.Fatal(err)
	}
	offices := villages(t, 60)
	var both sync.WaitGroup
	failed := make(chan error, 100)
	both.Go(func() {
		for i := range 15 {
			next := d
			next.Guide.Summary += string(rune('甲' + i))
			if _, err := l.Publish(t.Context(), loader, next); err != nil {
				failed <- err
			}
		}
	})
	for i := range 4 {
		both.Go(func() {
			for _, o := range offices[15*i : 15*i+15] {
				if _, err := l.ClaimMany(t.Context(), loader, []item.Claimant{o}, []string{d.Code}); err != nil {
					failed <- err
				}
			}
		})
	}
	both.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if left := strays(t, l.Library); len(left) > 0 {
		t.Errorf("%d entries stand beside their base, the first is %s", len(left), left[0])
	}
}

// An entry that was left on a version that is not there is whole again with the next version of its base: made of the last it has.
func TestAnEntryWithoutItsVersionFollowsTheNext(t *testing.T) {
	l := seeded(t)
	before := l.food(t)
	l.past(t, `UPDATE item_entry SET version = version + 1, version_id = 'nowhere-' || code WHERE code = $1`, before.Code)
	if len(strays(t, l.Library)) != 1 {
		t.Fatal("nothing is wrong")
	}
	d := definition(t, food)
	d.Guide.Summary += "（第二版）"
	if _, err := l.Publish(t.Context(), loader, d); err != nil {
		t.Fatal(err)
	}
	if left := strays(t, l.Library); len(left) > 0 {
		t.Error("left behind:", left)
	}
	if e := l.food(t); e.Code != before.Code || e.BaseVersion != 2 || e.Version != before.Version+2 || e.Contact != before.Contact || e.OfficeName != before.OfficeName {
		t.Errorf("%+v", e)
	}
}
