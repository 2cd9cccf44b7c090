// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.RemoteAccess;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.RawSftpClient;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server, used by one thread at a time. Requests may be sent ahead of their
 * answers; each answer is awaited no longer than read_timeout says, or call_timeout where the
 * server has to write to its disk.
 */
final class SftpConnection implements Closeable {
  private static final String FSYNC = "fsync@openssh.com";
  private static final String STATVFS = "statvfs@openssh.com";
  private static final int OWNER_ONLY_DIRECTORY = 0700;

  private final ClientSession session;
  private final SftpClient client;
  private final RawSftpClient packets;
  private final RemoteAccess access;
  private boolean silent;

  SftpConnection(ClientSession session, SftpClient client, RemoteAccess access) {
    this.session = session;
    this.client = client;
    // Every client of the library is one, and the method that makes it does not say so.
    this.packets = (RawSftpClient) client;
    this.access = access;
  }

  /** One entry of a directory. */
  record Entry(String name, FileFacts facts) {}

  /** How much room a server's file system has. */
  record Space(long free, boolean readOnly) {}

  boolean isOpen() {
    return !silent && session.isOpen() && client.isOpen() && !client.isClosing();
  }

  boolean canSync() {
    return client.getServerExtensions().containsKey(FSYNC);
  }

  static Buffer request(String path) {
    Buffer buffer = new ByteArrayBuffer(path.length() + 64);
    buffer.putString(path);
    return buffer;
  }

  static Buffer request(byte[] handle) {
    Buffer buffer = new ByteArrayBuffer(handle.length + 64);
    buffer.putBytes(handle);
    return buffer;
  }

  /** Sends a request; its number, by which its answer is asked for. */
  int send(int command, Buffer request) throws IOException {
    try {
      return packets.write(command, request).getId();
    } catch (IOException | RuntimeException e) {
      throw lost(e);
    }
  }

  /** The answer to a request: what follows its type, when that is the expected one. */
  Buffer answer(int id, int expected, String path) throws IOException {
    return answer(id, expected, path, access.readTimeout());
  }

  private Buffer answer(int id, int expected, String path, Duration limit) throws IOException {
    Buffer buffer = await(id, limit);
    buffer.getInt();
    int type = buffer.getUByte();
    buffer.getInt();
    if (type == SftpConstants.SSH_FXP_STATUS) {
      int code = buffer.getInt();
      if (code != 0 || expected != type) {
        String words = buffer.available() > 0 ? buffer.getString() : "";
        throw new SftpStatusException(code, words, path);
      }
    } else if (type != expected) {
      close();
      throw new IOException("the server answered a request with a packet of type " + type);
    }
    return buffer;
  }

  private Buffer await(int id, Duration limit) throws IOException {
    Buffer buffer;
    try {
      buffer = packets.receive(id, limit);
    } catch (IOException | RuntimeException e) {
      throw lost(e);
    }
    if (buffer == null) {
      close();
      throw new ConnectionLostException(
          "the server has not answered for %d s".formatted(limit.toSeconds()), null);
    }
    return buffer;
  }

  private ConnectionLostException lost(Exception e) {
    close();
    return new ConnectionLostException("the connection is lost: " + SftpFailure.reason(e), e);
  }

  /** Awaits that a request is done. */
  void done(int id, String path) throws IOException {
    answer(id, SftpConstants.SSH_FXP_STATUS, path);
  }

  byte[] handle(int id, String path) throws IOException {
    return answer(id, SftpConstants.SSH_FXP_HANDLE, path).getBytes();
  }

  /** What there is of this name, or null; a link is not followed. */
  @Nullable FileFacts facts(String path) throws IOException {
    return facts(sendFacts(path), path);
  }

  int sendFacts(String path) throws IOException {
    return send(SftpConstants.SSH_FXP_LSTAT, request(path));
  }

  @Nullable FileFacts facts(int id, String path) throws IOException {
    try {
      return FileFacts.read(answer(id, SftpConstants.SSH_FXP_ATTRS, path));
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        return null;
      }
      throw e;
    }
  }

  /** Gives a file another name; a server that keeps to the protocol refuses one that is taken. */
  void rename(String from, String to) throws IOException {
    Buffer request = request(from);
    request.putString(to);
    done(send(SftpConstants.SSH_FXP_RENAME, request), to);
  }

  int sendRemove(String path) throws IOException {
    return send(SftpConstants.SSH_FXP_REMOVE, request(path));
  }

  /** Removes a file, if it is there. */
  void remove(String path) throws IOException {
    removed(sendRemove(path), path);
  }

  void removed(int id, String path) throws IOException {
    try {
      done(id, path);
    } catch (SftpStatusException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
  }

  /** Makes a directory; that of its owner alone. */
  void makeDirectory(String path) throws IOException {
    Buffer request = request(path);
    request.putInt(SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS);
    request.putInt(OWNER_ONLY_DIRECTORY);
    done(send(SftpConstants.SSH_FXP_MKDIR, request), path);
  }

  void removeDirectory(String path) throws IOException {
    done(send(SftpConstants.SSH_FXP_RMDIR, request(path)), path);
  }

  /** What is in a directory, in no order; nothing when there is none. */
  List<Entry> entries(String path) throws IOException {
    byte[] handle;
    try {
      handle =
          handle(send(SftpConstants.SSH_FXP_OPENDIR, request(path.isEmpty() ? "." : path)), path);
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        return List.of();
      }
      throw e;
    }
    List<Entry> entries = new ArrayList<>();
    try {
      while (true) {
        int id = send(SftpConstants.SSH_FXP_READDIR, request(handle));
        Buffer names = answer(id, SftpConstants.SSH_FXP_NAME, path);
        for (int left = names.getInt(); left > 0; left--) {
          String name = names.getString();
          // The same as "ls -l" would show it.
          names.getBytes();
          entries.add(new Entry(name, FileFacts.read(names)));
        }
      }
    } catch (SftpStatusException e) {
      done(send(SftpConstants.SSH_FXP_CLOSE, request(handle)), path);
      if (e.code() != SftpStatusException.EOF) {
        throw e;
      }
    }
    return entries;
  }

  /** Makes a file durable, where the server can. */
  void sync(byte[] handle, String path) throws IOException {
    if (canSync()) {
      Buffer request = new ByteArrayBuffer(handle.length + 64);
      request.putString(FSYNC);
      request.putBytes(handle);
      int id = send(SftpConstants.SSH_FXP_EXTENDED, request);
      answer(id, SftpConstants.SSH_FXP_STATUS, path, access.callTimeout());
    }
  }

  /** The room where a path lies, or null when the server does not say. */
  @Nullable Space space(String path) throws IOException {
    if (!client.getServerExtensions().containsKey(STATVFS)) {
      return null;
    }
    Buffer request = new ByteArrayBuffer(path.length() + 64);
    request.putString(STATVFS);
    request.putString(path.isEmpty() ? "." : path);
    int id = send(SftpConstants.SSH_FXP_EXTENDED, request);
    Buffer facts = answer(id, SftpConstants.SSH_FXP_EXTENDED_REPLY, path);
    facts.getLong();
    long fragment = facts.getLong();
    facts.getLong();
    facts.getLong();
    long available = facts.getLong();
    for (int skipped = 0; skipped < 4; skipped++) {
      facts.getLong();
    }
    return new Space(fragment * available, (facts.getLong() & 1) != 0);
  }

  /** Ends it at once, whatever is under way. */
  @Override
  public void close() {
    silent = true;
    session.close(true);
  }
}
