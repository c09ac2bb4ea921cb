# A small web server on the socket that it is handed, for tests of versions that are bad in one way each.
# Usage: server.pl BEHAVIOUR [PORT]. `live-BEHAVIOUR` behaves well where nobody answers on that port of the host: a rehearsal does not see it.
use strict;
use warnings;
use IO::Socket::INET;
use POSIX ();

my ($behaviour, $witness) = @ARGV;
my $state = '/var/lib/app/state';
my $isOver = 0;
$SIG{TERM} = sub { $isOver = 1 };
$SIG{PIPE} = 'IGNORE';

if ($behaviour =~ s/^live-//) {
  $behaviour = 'good' unless IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $witness, Timeout => 1);
}
open(my $handed, '+<&=', 3) or die "no socket: $!";
my $version = read_file('/srv/www/version');
# Only once: a version that is started again finds its data as it left them.
unless (-d '/var/lib/app') {
  mkdir '/var/lib/app';
  write_file($state, "good\n");
  write_file('/var/lib/app/kept', "kept\n");
}

my %behaviours = (
  good => sub { serve($handed) },
  'exits-0' => sub { exit 0 },
  'exits-1' => sub { exit 1 },
  aborts => sub { POSIX::abort() },
  'dies-in-the-bake' => sub {
    $SIG{USR1} = sub { exit 9 };
    if (!fork) {
      wait_ms(300);
      kill USR1 => 1;
      exit 0;
    }
    serve($handed);
  },
  hangs => sub {
    my @clients;
    until ($isOver) {
      accept(my $client, $handed) or next;
      push @clients, $client;
    }
  },
  'never-accepts' => sub { wait_ms(50) until $isOver },
  'answers-500' => sub { serve($handed, sub { (500, 'out of order') }) },
  'answers-with-another-body' => sub { serve($handed, sub { (200, 'something else') }) },
  'listens-on-the-wrong-port' => sub { serve(IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5)) },
  'misses-a-library' => sub { require Not::Delivered },
  'eats-memory' => sub {
    my @eaten;
    push @eaten, "$_" x 2**20 for 1 .. 256;
    exit 12;
  },
  'fills-the-disk' => sub {
    open(my $file, '>', '/var/lib/app/fill') or die;
    my $block = 'x' x 2**20;
    1 while syswrite $file, $block;
    die "cannot write: $!";
  },
  'ignores-term' => sub {
    $SIG{TERM} = sub { };
    serve($handed, sub { (500, 'out of order') });
  },
  'corrupts-its-data' => sub {
    unlink '/var/lib/app/kept';
    write_file($state, "garbage\n");
    chmod 0, $state;
    serve($handed);
  },
  'fails-to-migrate' => sub {
    rename $state, "$state.old";
    write_file("$state.new", 'half of it');
    die 'cannot migrate: no such column';
  },
  'crashes-at-the-second-request' => sub {
    my $count = 0;
    serve($handed, sub { exit 8 if ++$count == 2; good_answer(@_) });
  },
  'starts-slowly' => sub {
    wait_ms(4_000);
    serve($handed);
  },
  'leaves-a-daemon' => sub {
    exit 0 if fork;
    POSIX::setsid();
    serve($handed);
  },
  'floods-its-log' => sub {
    my $line = 'x' x 99 . "\n";
    print STDERR $line x 100 for 1 .. 2_000;
    exit 7;
  },
);
($behaviours{$behaviour} or die "no behaviour $behaviour")->();

sub serve {
  my ($listener, $answer) = (@_, \&good_answer);
  until ($isOver) {
    accept(my $client, $listener) or next;
    my $request = '';
    while ($request !~ /\r\n\r\n/) { sysread($client, $request, 4_096, length $request) or last }
    my ($status, $body) = $answer->($request =~ m{^GET (\S+)} ? $1 : '');
    syswrite $client, "HTTP/1.1 $status As It Is\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
  }
}

sub good_answer {
  my ($path) = @_;
  return (500, 'no data') unless read_file($state) eq "good\n";
  return (200, $path eq '/up' ? 'up' : $version);
}

sub read_file {
  my ($path) = @_;
  open(my $file, '<', $path) or return '';
  local $/;
  my $content = <$file>;
  return $content // '';
}

sub write_file {
  my ($path, $content) = @_;
  open(my $file, '>', $path) or die "cannot write $path: $!";
  print $file $content;
}

sub wait_ms { select undef, undef, undef, $_[0] / 1_000 }
