// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

/** A hippo without work, run as a process by {@link HippoProcessIT}. The environment's {@code TEST_START} tells it how to start badly. */
final class TestService implements HippoService {
    private final HippoContext context;

    TestService(HippoContext context) {
        this.context = context;
    }

    public static void main(String[] args) {
        HippoProcess.run(args, TestService::new);
    }

    @Override
    public void start() throws Exception {
        String how = System.getenv().getOrDefault("TEST_START", "");
        switch (how) {
            case "refuse" -> throw new HippoFailure("the well is dry; dig deeper");
            case "fail" -> context.fail(new IllegalStateException("the well fell in"));
            default -> context.progress().in(3);
        }
    }

    @Override
    public void stop() {
        context.progress().position("stopped");
    }
}
