; SPDX-License-Identifier: MIT
; When no pattern fits, BadMatch is raised.
; expect: BadMatch No pattern fits [1, 2]
(print (try (match '(1 2) ((list a) a) (3 4)) (catch e (str (error-kind e) " " (error-message e)))))
