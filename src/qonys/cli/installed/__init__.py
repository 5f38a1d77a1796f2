"""What of the machine, of packages and of packs the commands find; texts are left to `qonys.cli.doctor`."""
