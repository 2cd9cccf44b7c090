// SPDX-License-Identifier: Apache-2.0
/** What pghoard tells the host that it runs on: its log, syslog, and the service manager. */
@NullMarked
package io.pghoard.host;

import org.jspecify.annotations.NullMarked;
