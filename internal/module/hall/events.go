package hall

// ObstacleMoved tells that something about an obstacle changed: reported, answered, late, solved, reopened. Supervision counts by it.
type ObstacleMoved struct {
	Number     string `json:"number"`
	Step       string `json:"step"`
	OfficePath string `json:"office_path"`
	Level      int    `json:"level"`
}

// EventName implements event.Event.
func (ObstacleMoved) EventName() string { return "hall.obstacle_moved" }

// Notice is what somebody is told: a line of the locales with its arguments, and a path of ours.
type Notice struct {
	Subject string
	Key     string
	Args    []string
	Link    string
}

// Office is an office as an obstacle needs it.
type Office struct{ Path, Name string }
