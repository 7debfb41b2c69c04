// SPDX-License-Identifier: Apache-2.0
package dev.hippo.sdk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a hippo does for one mission. It runs in a process of its own for each attempt; when it returns the attempt has succeeded, when it throws it has
 * failed. It may be run again for the same partition, so it should replace what it wrote.
 */
@FunctionalInterface
public interface Job {
    /**
     * Does the work.
     *
     * @param mission what it is about
     * @param result takes what the job says of itself; it goes into the finish message, also when the job throws
     */
    void run(Mission mission, Result result) throws Exception;

    /** Runs a job as the program that a hippo has started: call it from {@code main}. Ends the process with status 1 if the job throws. */
    // what the job throws belongs into its log, whole
    @SuppressWarnings("CatchAndPrintStackTrace")
    static void main(Job job) {
        Mission mission = new Mission(System.getenv());
        Result result = new Result();
        boolean done = false;
        try {
            job.run(mission, result);
            done = true;
        } catch (Exception e) {
            e.printStackTrace();
        }
        String file = System.getenv("HIPPO_RESULT_FILE");
        try {
            if (file != null) {
                result.write(Path.of(file));
            }
        } catch (IOException e) {
            System.err.println("the result cannot be written: " + e);
            done = false;
        }
        if (!done) {
            System.exit(1);
        }
    }
}
