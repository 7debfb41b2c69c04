// SPDX-License-Identifier: Apache-2.0
/** Tests of the query service. */
package dev.hippo.query;
