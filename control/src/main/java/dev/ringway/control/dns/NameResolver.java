package dev.ringway.control.dns;

import dev.ringway.control.translate.Lookups;
import dev.ringway.control.translate.NameServers;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.io.IoClientFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Finds the addresses of names, and how long they hold: in the hosts file, else from name servers. Many are asked at
 * once and none is waited for. Its class is loaded with the first name of a configuration. Resolver thread only.
 */
final class NameResolver
{
    /** To one server. */
    private static final int MOST_AT_ONCE = 64;
    /** How long a server that said nothing comes behind the others. */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST_ALIASES = 16;
    /** The library looks at its own time-outs only while nothing else arrives. */
    private static final int PATIENCE = 2;
    /** As c-ares: some servers know nothing of EDNS, and what is longer than without it is asked for over TCP. */
    private static final int NO_EDNS = -1;

    static
    {
        // Its thread is a daemon that holds nothing which must be closed, and the kernel draws ports as well.
        System.setProperty("dnsjava.nio.register_shutdown_hook", "false");
        System.setProperty("dnsjava.udp.ephemeral.use_ephemeral_port", "true");
    }

    private final ScheduledExecutorService thread;
    private final SystemFiles files;
    private final IoClientFactory clients;
    private final Map<InetSocketAddress, Server> byAddress = new HashMap<>();

    /**
     * @param thread the resolver thread.
     * @param files  of the system.
     */
    NameResolver(final ScheduledExecutorService thread, final SystemFiles files)
    {
        this.thread = thread;
        this.files = files;
        clients = new QuestionClients(thread);
    }

    /**
     * @param name    to look up.
     * @param lookups says how.
     * @return the answer, on the resolver thread; never completed with an exception.
     */
    CompletableFuture<Answer> lookup(final String name, final Lookups lookups)
    {
        final NameServers servers = lookups.servers();
        return switch (lookups.family())
        {
            case V4_ONLY -> ask(name, Type.A, servers);
            case V6_ONLY -> ask(name, Type.AAAA, servers);
            case V4_PREFERRED -> askInTurn(name, Type.A, Type.AAAA, servers);
            case AUTO -> askInTurn(name, Type.AAAA, Type.A, servers);
            case ALL -> ask(name, Type.A, servers).thenCombine(ask(name, Type.AAAA, servers), NameResolver::both);
        };
    }

    /**
     * Forgets servers that nobody asks; others may be asked from now on.
     */
    void forget()
    {
        byAddress.values().removeIf(server -> server.outstanding == 0 && !server.isSilent());
    }

    private CompletableFuture<Answer> askInTurn(
        final String name, final int first, final int second, final NameServers servers)
    {
        return ask(name, first, servers).thenCompose(
            answer -> answer.isEmpty() ? ask(name, second, servers) : CompletableFuture.completedFuture(answer));
    }

    private static Answer both(final Answer v4, final Answer v6)
    {
        if (v4.isEmpty() || v6.isEmpty())
        {
            return !v4.isEmpty() ? v4 : !v6.isEmpty() ? v6 : v4.isFailed() ? v4 : v6;
        }
        final List<InetAddress> all = new ArrayList<>(v4.addresses());
        all.addAll(v6.addresses());
        return new Answer(all, Math.min(v4.ttlNs(), v6.ttlNs()), false);
    }

    private CompletableFuture<Answer> ask(final String name, final int type, final NameServers servers)
    {
        final List<InetAddress> local = files.addresses(name, type == Type.AAAA);
        if (!local.isEmpty())
        {
            return CompletableFuture.completedFuture(new Answer(local, 0, false));
        }
        final SystemFiles.Servers system = files.servers();
        final List<Name> names = names(servers.searches() ? system.candidates(name) : List.of(name));
        if (names.isEmpty())
        {
            return CompletableFuture.completedFuture(Answer.FAILED);
        }
        final List<InetSocketAddress> asked =
            servers.addresses().isEmpty() ? system.addresses() : servers.addresses();
        final List<Server> inTurn = new ArrayList<>(
            asked.stream().map(address -> byAddress.computeIfAbsent(address, Server::new)).toList());
        if (servers.rotates())
        {
            Collections.rotate(inTurn, ThreadLocalRandom.current().nextInt(inTurn.size()));
        }
        final Query query = new Query(names.iterator(), type, servers, inTurn);
        query.begin();
        return query.answer;
    }

    /** Without those that cannot be names. */
    private static List<Name> names(final List<String> candidates)
    {
        final List<Name> names = new ArrayList<>(candidates.size());
        for (final String candidate : candidates)
        {
            try
            {
                names.add(Name.fromString(candidate, Name.root));
            }
            catch (final TextParseException e)
            {
                // Too long with that domain, for example: the others are asked for.
            }
        }
        return names;
    }

    /** Has a queue of its own: one that is dead holds up no questions to others. */
    private final class Server
    {
        private final InetSocketAddress address;
        /** Not more than there are names, for each is asked for once at a time. */
        private final Queue<Query> waiting = new ArrayDeque<>();
        private int outstanding;
        /** Whether it said nothing when it was asked last. */
        private boolean isMute;
        private long silentUntilNs;

        Server(final InetSocketAddress address)
        {
            this.address = address;
        }

        /** When that was long ago, one question finds out whether it is so still. */
        boolean isSilent()
        {
            return isMute && (outstanding > 0 || silentUntilNs - System.nanoTime() > 0);
        }

        void queue(final Query query)
        {
            waiting.add(query);
            sendNext();
        }

        private void sendNext()
        {
            while (outstanding < MOST_AT_ONCE && !waiting.isEmpty())
            {
                outstanding++;
                waiting.remove().send(this);
            }
        }

        void onClosed()
        {
            outstanding--;
            sendNext();
        }

        /** Those that wait for one that says nothing go to others where there are some. */
        void onEnd(final boolean hasSpoken)
        {
            final boolean wasMute = isMute;
            isMute = !hasSpoken;
            silentUntilNs = System.nanoTime() + SILENCE_NS;
            if (isMute && !wasMute)
            {
                final List<Query> held = List.copyOf(waiting);
                waiting.clear();
                held.forEach(Query::queue);
            }
        }
    }

    /**
     * A question to each server in turn, those last that are silent, until one has an answer; and for the next name where
     * that is empty.
     */
    private final class Query
    {
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final Iterator<Name> names;
        private final int type;
        private final NameServers settings;
        private final List<Server> servers;
        /** How often, of each server. */
        private final int[] asked;
        private Record question;
        private int tries;

        Query(final Iterator<Name> names, final int type, final NameServers settings, final List<Server> servers)
        {
            asked = new int[servers.size()];
            this.names = names;
            this.type = type;
            this.settings = settings;
            this.servers = servers;
        }

        void begin()
        {
            question = Record.newRecord(names.next(), type, DClass.IN);
            tries = 0;
            Arrays.fill(asked, 0);
            queue();
        }

        private void queue()
        {
            Server next = servers.getFirst();
            for (final Server server : servers)
            {
                final int less = asked(server) - asked(next);
                next = less < 0 || less == 0 && next.isSilent() && !server.isSilent() ? server : next;
            }
            next.queue(this);
        }

        private int asked(final Server server)
        {
            return asked[servers.indexOf(server)];
        }

        void send(final Server to)
        {
            final SimpleResolver server = new SimpleResolver(to.address);
            asked[servers.indexOf(to)]++;
            tries++;
            server.setIoClientFactory(clients);
            server.setEDNS(NO_EDNS);
            server.setTCP(settings.usesTcp());
            server.setTimeout(Duration.ofNanos(settings.timeoutNs()));
            final CompletableFuture<Message> patient = new CompletableFuture<>();
            final Future<?> end = thread.schedule(
                () -> patient.complete(null), PATIENCE * settings.timeoutNs(), TimeUnit.NANOSECONDS);
            patient.thenAccept(message ->
            {
                end.cancel(false);
                to.onEnd(message != null);
                onMessage(message);
            });
            // A socket of the library counts until it is closed, so that dead servers cannot take all of the process.
            sent(server).whenCompleteAsync((message, error) ->
            {
                patient.complete(message);
                to.onClosed();
            }, thread);
        }

        private CompletableFuture<Message> sent(final SimpleResolver server)
        {
            try
            {
                return server.sendAsync(Message.newQuery(question), thread).toCompletableFuture();
            }
            catch (final RuntimeException e)
            {
                return CompletableFuture.failedFuture(e);
            }
        }

        /** Null when none came. */
        private void onMessage(final Message message)
        {
            final Answer found = message == null ? Answer.FAILED : read(message);
            if (found.isFailed() && tries < settings.tries() * servers.size())
            {
                queue();
            }
            else if (!found.isFailed() && found.isEmpty() && names.hasNext())
            {
                begin();
            }
            else
            {
                answer.complete(found);
            }
        }

        private Answer read(final Message message)
        {
            final int code = message.getRcode();
            return code == Rcode.NXDOMAIN ? Answer.NONE : code != Rcode.NOERROR ? Answer.FAILED :
                addresses(message.getSection(Section.ANSWER));
        }

        /** Aliases hold no longer than what they stand for. */
        private Answer addresses(final List<Record> records)
        {
            Name name = question.getName();
            long ttlS = Long.MAX_VALUE;
            for (int i = 0; i < MOST_ALIASES; i++)
            {
                final CNAMERecord alias = alias(records, name);
                if (alias == null)
                {
                    break;
                }
                name = alias.getTarget();
                ttlS = Math.min(ttlS, alias.getTTL());
            }
            final List<InetAddress> found = new ArrayList<>();
            for (final Record one : records)
            {
                final InetAddress address = one.getType() == type && one.getName().equals(name) ? address(one) : null;
                if (address != null)
                {
                    found.add(address);
                    ttlS = Math.min(ttlS, one.getTTL());
                }
            }
            return found.isEmpty() ? Answer.NONE : new Answer(found, TimeUnit.SECONDS.toNanos(ttlS), false);
        }

        /** Null where a record of that type has no content, as an answer may that no server should give. */
        private static InetAddress address(final Record one)
        {
            return one instanceof ARecord v4 ? v4.getAddress() : one instanceof AAAARecord v6 ? v6.getAddress() : null;
        }

        private static CNAMERecord alias(final List<Record> records, final Name name)
        {
            for (final Record one : records)
            {
                if (one instanceof CNAMERecord alias && alias.getName().equals(name))
                {
                    return alias;
                }
            }
            return null;
        }
    }
}
