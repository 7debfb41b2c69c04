// SPDX-License-Identifier: Apache-2.0
package dev.hippo.sdk;

import java.lang.reflect.InvocationTargetException;

/** Runs a job by the name of its class, which has a constructor without parameters. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("give the name of one class");
            System.exit(2);
        }
        Job.main(job(args[0]));
    }

    private static Job job(String name) {
        String wrong;
        try {
            if (Class.forName(name).getConstructor().newInstance() instanceof Job job) {
                return job;
            }
            wrong = "class " + name + " does not implement " + Job.class.getName();
        } catch (ClassNotFoundException e) {
            wrong = "there is no class " + name + " on the class path " + System.getProperty("java.class.path")
                    + "; name its jar or folder in 'classpath'";
        } catch (NoSuchMethodException e) {
            wrong = "class " + name + " has no public constructor without parameters";
        } catch (InvocationTargetException e) {
            wrong = "the constructor of " + name + " has thrown " + e.getCause();
        } catch (ReflectiveOperationException e) {
            wrong = "class " + name + " cannot be made: " + e.getMessage();
        }
        String reason = wrong;
        return (mission, result) -> {
            result.doNotRetry();
            throw new IllegalStateException(reason);
        };
    }
}
