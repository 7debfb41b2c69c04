// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One command line run in this process, and what it printed. */
record CliRun(int status, String out, String err) {
    static CliRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new CliRun(status, out.toString(), err.toString());
    }
}
