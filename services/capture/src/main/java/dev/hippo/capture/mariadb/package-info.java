// SPDX-License-Identifier: Apache-2.0
/** Reads the changes of a MariaDB or MySQL server from its binary log. docs/capture-mariadb.md tells how types are mapped. */
@NullMarked
package dev.hippo.capture.mariadb;

import org.jspecify.annotations.NullMarked;
