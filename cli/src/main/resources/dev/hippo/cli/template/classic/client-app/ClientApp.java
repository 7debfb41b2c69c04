import dev.hippo.sdk.Job;
import dev.hippo.sdk.Mission;
import dev.hippo.sdk.Result;

/** Runs once for each notice: decides what is to be done, and starts the Spark app for it. */
public final class ClientApp implements Job {
    @Override
    public void run(Mission mission, Result result) throws Exception {
        Process app = new ProcessBuilder("bash", "bin/start-spark.sh", mission.table(), mission.partition())
                .inheritIO()
                .start();
        int status = app.waitFor();
        if (status != 0) {
            throw new IllegalStateException("the Spark app ended with status " + status);
        }
        result.table("out/" + mission.table());
    }

    public static void main(String[] args) {
        Job.main(new ClientApp());
    }
}
