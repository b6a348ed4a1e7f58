package org.martsync.clinic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The cable between a program and PostgreSQL: it passes everything on, and breaks when told to, at a statement with a
 * certain text in it. Statements must travel as text ({@code prepareThreshold=0}) and unencrypted.
 */
public final class CutCable implements AutoCloseable {

    /** Where it breaks: before the server has the statement, or after the server has done it and before its answer arrives. */
    public enum Where { BEFORE, AFTER }

    private record Cut(String text, Where where) {
    }

    private final ServerSocket listening;
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private Cut next;

    /** @param jdbcUrl of the server, at localhost */
    public CutCable(String jdbcUrl) {
        server = Integer.parseInt(jdbcUrl.replaceAll(".*localhost:(\\d+)/.*", "$1"));
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Breaks the connection on which a statement with this text comes next; all others stay. */
    public synchronized void cutAt(String text, Where where) {
        next = new Cut(text, where);
    }

    /** Whether the cut asked for is still to come. */
    public synchronized boolean isWhole() {
        return next == null;
    }

    private synchronized Cut take(String sent) {
        if (next == null || !sent.contains(next.text)) {
            return null;
        }
        Cut cut = next;
        next = null;
        return cut;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket program = listening.accept();
                Socket postgres = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(program);
                open.add(postgres);
                Line line = new Line(program, postgres);
                thread(line::toServer);
                thread(line::toProgram);
            } catch (IOException closed) {
                // no more connections, or none to this server now: the program sees its own end closed
            }
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "cut-cable");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        end(listening);
        open.forEach(CutCable::end);
    }

    private static void end(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception closedAlready) {
            // that was wanted
        }
    }

    private final class Line {

        private final Socket program;
        private final Socket postgres;
        private volatile boolean deaf;

        Line(Socket program, Socket postgres) {
            this.program = program;
            this.postgres = postgres;
        }

        void toServer() {
            pass(program, postgres, sent -> {
                Cut cut = take(sent);
                deaf |= cut != null && cut.where == Where.AFTER;
                return cut == null || cut.where == Where.AFTER;
            });
        }

        void toProgram() {
            pass(postgres, program, answered -> !deaf);
        }

        private void pass(Socket from, Socket to, java.util.function.Predicate<String> passes) {
            byte[] bytes = new byte[1 << 16];
            try {
                for (int read = from.getInputStream().read(bytes); read >= 0; read = from.getInputStream().read(bytes)) {
                    if (!passes.test(new String(bytes, 0, read, StandardCharsets.ISO_8859_1))) {
                        break;
                    }
                    to.getOutputStream().write(bytes, 0, read);
                }
            } catch (IOException broken) {
                // both ends learn it below
            }
            end(program);
            end(postgres);
            open.remove(program);
            open.remove(postgres);
        }
    }
}
