package workflow

// OpenAtSQL and ReassignSQL are the questions about what is open at an office, for the test of how they are answered.
var (
	OpenAtSQL   = openAt
	ReassignSQL = append(tasksOf[:len(tasksOf):len(tasksOf)], sidesOf)
)
