// SPDX-License-Identifier: Apache-2.0
/** The job of a mission as a file of SQL statements, which a database does in one transaction, or a query service answers. */
@NullMarked
package dev.hippo.jdbc;

import org.jspecify.annotations.NullMarked;
