package uscc

// Make puts a code together from its class ("11"), six digits of region and the eight characters of an organisation, computing both
// check characters: for registers that give out codes, and for invented but valid data. It returns the errors of [Parse].
func Make(class, region, organisation string) (Code, error) {
	if len(class) != 2 || len(region) != 6 || len(organisation) != 8 {
		return Code{}, ErrLength
	}
	head := class + region + organisation + string(organisationCheck(organisation))
	for i := range head {
		if indexOf(head[i]) < 0 {
			return Code{}, ErrCharacter
		}
	}
	return Parse(head + string(check(head)))
}

func indexOf(b byte) int {
	for i := range len(alphabet) {
		if alphabet[i] == b {
			return i
		}
	}
	return -1
}
