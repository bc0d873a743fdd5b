import ArgumentParser

AlongsideAudit.main()
