package item

import "testing"

func FuzzSameText(f *testing.F) {
	for _, text := range []string{"", "２０ 个工作日。", "食品经营许可（县级权限）", "ABC-abc", "\xff\xfe", "！～"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := sameText(text)
		if sameText(once) != once || sameText(" "+text+"。") != once {
			t.Errorf("%q becomes %q and then %q", text, once, sameText(once))
		}
	})
}
